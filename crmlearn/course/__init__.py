"""The course: its map, and a person's own copy of it."""

from crmlearn.course.plan import course_map, stem, syllabus

__all__ = ["course_map", "stem", "syllabus"]
