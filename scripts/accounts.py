"""placeholder"""


def table_of_accounts():
    return []
