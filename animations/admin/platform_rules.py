"""Let staff set rules of platforms to other values than the table's, each kept beside the default."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse

from animations.admin.records import ReadOnlyPermissions, TypedAdmin
from animations.encode.platforms import PLATFORMS, Platform
from animations.encode.platforms.overrides import RULES, SIZES, BadRule, Value, read_value, value_of, write_value
from animations.models import RuleOverride
from animations.models.platforms.rule_override import set_rules

YES_OR_NO = (("yes", "yes"), ("no", "no"))


class RuleField(forms.CharField):
    """The text of one rule, cleaned to its value."""

    def __init__(self, rule: str, default: Value) -> None:
        widget = forms.Select(choices=YES_OR_NO) if isinstance(default, bool) else forms.TextInput
        super().__init__(label=RULES[rule].label, help_text=RULES[rule].takes, required=False, widget=widget)
        self.rule = rule

    def clean(self, value: Any) -> Any:
        """Return the value. Raises `ValidationError` for what the rule does not take."""
        try:
            return read_value(self.rule, super().clean(value))
        except BadRule as error:
            raise forms.ValidationError(str(error)) from error


class RulesForm(forms.Form):
    """All rules of one platform, with what is known of each."""

    def __init__(self, platform: Platform, changes: dict[str, RuleOverride], data: Any = None) -> None:
        values = {rule: value_of(platform, rule) for rule in RULES}
        values |= {rule: change.value for rule, change in changes.items()}
        texts = {rule: write_value(rule, value) for rule, value in values.items()}
        super().__init__(data, initial=texts, auto_id=f"{platform.slug}-%s", label_suffix="")
        self.platform, self.changes = platform, changes
        self.fields = {rule: RuleField(rule, value_of(platform, rule)) for rule in RULES}

    def rows(self) -> Iterator[dict[str, Any]]:
        """Yield each rule's field, default and change."""
        for rule in RULES:
            default = write_value(rule, value_of(self.platform, rule))
            yield {"field": self[rule], "default": default or "no rule", "change": self.changes.get(rule)}

    def save(self, changed_by: Any) -> list[str]:
        """Set the rules as the form has them. Raises `BadRule` where they contradict each other."""
        return set_rules(self.platform.slug, self.cleaned_data, changed_by)


@admin.register(RuleOverride)
class RuleOverrideAdmin(ReadOnlyPermissions, TypedAdmin[RuleOverride]):
    """One page with the rules of all platforms."""

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the rules; on POST, set those of one platform, or undo a change."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        sent = self._post(request) if request.method == "POST" else None
        if isinstance(sent, HttpResponse):
            return sent
        context = {
            **self.admin_site.each_context(request),
            **(extra_context or {}),
            "title": "Rules of the platforms",
            "opts": self.model._meta,
            "removed": RuleOverride.objects.exclude(platform__in=PLATFORMS, rule__in=RULES),
            "forms": [sent if sent and sent.platform is form.platform else form for form in _forms()],
            "may_change": _may_change(request),
        }
        return TemplateResponse(request, "admin/animations/ruleoverride/change_list.html", context)

    def _post(self, request: HttpRequest) -> HttpResponse | RulesForm:
        """Do what was sent and lead back to the page; return the form where it is refused."""
        platform = PLATFORMS.get(request.POST.get("platform", ""))
        if platform is None or not _may_change(request):
            raise PermissionDenied
        undone = request.POST.get("undo")
        rows = RuleOverride.objects.filter(platform=platform.slug, rule__in=RULES).select_related("changed_by")
        form = RulesForm(platform, {row.rule: row for row in rows}, None if undone else request.POST)
        try:
            if undone:
                changed = set_rules(platform.slug, _defaults(platform, undone, form.changes), request.user)
            elif form.is_valid():
                changed = form.save(request.user)
            else:
                return form
        except BadRule as error:
            self.message_user(request, f"{platform.label}: {error}", messages.ERROR)
            return form
        named = ", ".join(RULES[rule].label for rule in changed) or "nothing"
        self.message_user(request, f"{platform.label}: changed {named}.")
        return HttpResponseRedirect(f"{request.path}#{platform.slug}")


def _forms() -> Iterator[RulesForm]:
    """Yield the form of each platform as it is."""
    rows = [row for row in RuleOverride.objects.select_related("changed_by") if row.rule in RULES]
    for platform in PLATFORMS.values():
        yield RulesForm(platform, {row.rule: row for row in rows if row.platform == platform.slug})


def _defaults(platform: Platform, undone: str, changes: dict[str, RuleOverride]) -> dict[str, Value]:
    """Return the defaults of one rule, of the whole size for a part of it, or of "all" that is changed."""
    rules = SIZES if undone in SIZES else tuple(changes) if undone == "all" else (undone,)
    return {rule: value_of(platform, rule) for rule in rules if rule in RULES}


def _may_change(request: HttpRequest) -> bool:
    user: Any = request.user
    return bool(user.has_perm("animations.change_ruleoverride"))
