"""A person's own settings in the admin: Wagtail's page without the picture.

Nobody sees such a picture here, and it would be one more way for files to come in: checked by nobody, shown by no
address that this site serves.
"""

from wagtail.admin.views.account import AccountView, AvatarSettingsPanel


class OwnSettingsView(AccountView):
    """Takes the place of Wagtail's. A picture that is sent all the same is neither read nor kept."""

    def get_panels(self):
        return [panel for panel in super().get_panels() if not isinstance(panel, AvatarSettingsPanel)]
