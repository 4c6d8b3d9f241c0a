"""The course: its map."""

from crmlearn.course.plan import course_map, stem, syllabus

__all__ = ["course_map", "stem", "syllabus"]
