"""The worker as `manage.py catch_up --all --follow` runs it, in a process that a test kills when it has seen enough."""

from django.core.management import call_command

if __name__ == "__main__":
    call_command("catch_up", "--all", "--follow")
