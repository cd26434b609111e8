"""Forms of this room."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib.auth.password_validation import password_validators_help_text_html, validate_password
from django.utils.translation import gettext_lazy as _

from adme.accounts.models import Organisation, User
from adme.accounts.roles import Role


class SignInForm(forms.Form):
    """User name and password; whether they are right is the view's question."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        widget=forms.TextInput(attrs={"autocomplete": "username", "autocapitalize": "none", "spellcheck": "false"}),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=1_000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


class ForgottenForm(forms.Form):
    """Where to send a new link."""

    email = forms.EmailField(
        label=_("E-mail address of your account"), widget=forms.EmailInput(attrs={"autocomplete": "email"})
    )


class NewPasswordForm(forms.Form):
    """A new password, typed twice."""

    password = forms.CharField(
        label=_("New password"),
        max_length=1_000,
        strip=False,
        help_text=password_validators_help_text_html(),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("The same once more"),
        max_length=1_000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, person: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.person = person

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        validate_password(password, self.person)
        return password

    def clean(self) -> None:
        if "password" in self.cleaned_data and self.cleaned_data["password"] != self.cleaned_data.get("again"):
            self.add_error("again", _("The two are not the same."))


class ChangePasswordForm(NewPasswordForm):
    """The same, for somebody who knows the old one."""

    current = forms.CharField(
        label=_("Present password"),
        max_length=1_000,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("current", "password", "again")

    def clean_current(self) -> str:
        current: str = self.cleaned_data["current"]
        if not self.person.check_password(current):
            raise forms.ValidationError(_("This is not your present password."))
        return current


class LanguageForm(forms.Form):
    """The language of pages and mails."""

    language = forms.ChoiceField(label=_("Language"), choices=lambda: list(settings.LANGUAGES))


class PersonForm(forms.Form):
    """What an administrator says about a person."""

    full_name = forms.CharField(label=_("Full name"), max_length=200)
    email = forms.EmailField(label=_("E-mail address"), help_text=_("The invitation goes there."))
    organisation = forms.ModelChoiceField(
        Organisation.objects.all(), label=_("Organisation"), required=False, empty_label=_("none")
    )


class NewPersonForm(PersonForm):
    """The same, with the user name, which stays for ever."""

    username = forms.CharField(
        label=_("User name"),
        max_length=150,
        help_text=_(
            "Small letters, digits, and . _ - @. It cannot be changed later: the audit trail knows people by it."
        ),
    )
    field_order = ("username", "full_name", "email", "organisation")


class GrantForm(forms.Form):
    """A role to give."""

    role = forms.ChoiceField(label=_("Role"), choices=Role.choices)
    reason = forms.CharField(label=_("Reason"), max_length=1_000)


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=_("Reason"), max_length=1_000)


class AuditFilterForm(forms.Form):
    """What to look for in the audit trail. Every field is optional; an unknown one is refused by the view."""

    action = forms.CharField(
        label=_("Action begins with"), max_length=100, required=False, help_text=_("as in accounts.role")
    )
    actor = forms.CharField(label=_("Person"), max_length=150, required=False)
    object_type = forms.CharField(label=_("Kind of object"), max_length=60, required=False)
    object_id = forms.CharField(label=_("Object"), max_length=200, required=False)
