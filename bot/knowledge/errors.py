"""What is raised where knowledge is found wrong."""


class KnowledgeError(ValueError):
    """A file in data/knowledge, or one of the operator's (offices, desk.yml), is wrong.

    The message says which file, which keys and what is expected.
    """
