"""The course: its map, and a person's own copy of it."""

from crmlearn.course.copies import copy, restore
from crmlearn.course.plan import course_map, stem, syllabus

__all__ = ["copy", "course_map", "restore", "stem", "syllabus"]
