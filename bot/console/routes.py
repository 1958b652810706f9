"""Every address of the console, and who may ask for it: the one place that says so."""

from __future__ import annotations

from bot.console import accounts, audit, handoffs, home, pages, signing_in
from bot.console.guard import HOME, OWN_PASSWORD, SECOND_FACTOR, SIGN_IN
from bot.console.visit import Needs, Route

_HANDOFF = f"{handoffs.HANDOFFS}/<conversation:str>"

ROUTES = (
    Route("static", "/static/<file:str>", Needs.NOTHING, pages.static),
    Route("sign_in", SIGN_IN, Needs.NOTHING, signing_in.sign_in_page),
    Route("give_password", SIGN_IN, Needs.NOTHING, signing_in.sign_in, "POST"),
    Route("second_factor", SECOND_FACTOR, Needs.PASSWORD, signing_in.second_factor_page),
    Route("give_code", SECOND_FACTOR, Needs.PASSWORD, signing_in.second_factor, "POST"),
    Route("home", HOME, Needs.VIEWER, home.home, key="h"),
    Route("waiting", "/waiting", Needs.VIEWER, home.waiting, by_itself=True),
    Route("handoffs", handoffs.HANDOFFS, Needs.VIEWER, handoffs.handoffs_page, key="w"),
    Route("handoffs_waiting", "/handoffs-waiting", Needs.VIEWER, handoffs.handoffs_part, by_itself=True),
    Route("handoff", _HANDOFF, Needs.VIEWER, handoffs.handoff_page, reads="conversation"),
    Route("handoff_talk", f"{_HANDOFF}/talk", Needs.VIEWER, handoffs.talk_part, reads="conversation", by_itself=True),
    Route("handoff_news", f"{_HANDOFF}/news", Needs.VIEWER, handoffs.news, by_itself=True),
    Route("claim_handoff", f"{_HANDOFF}/claim", Needs.REVIEWER, handoffs.claim, "POST"),
    Route("say_in_handoff", f"{_HANDOFF}/say", Needs.REVIEWER, handoffs.say, "POST"),
    Route("say_again_in_handoff", f"{_HANDOFF}/again", Needs.REVIEWER, handoffs.say_again, "POST"),
    Route("give_handoff_back", f"{_HANDOFF}/give-back", Needs.REVIEWER, handoffs.give_back, "POST"),
    Route("end_handoff", f"{_HANDOFF}/end", Needs.REVIEWER, handoffs.end, "POST"),
    Route("accounts", accounts.ACCOUNTS, Needs.ADMINISTRATOR, accounts.accounts_page, key="a"),
    Route("add_account", f"{accounts.ACCOUNTS}/add", Needs.ADMINISTRATOR, accounts.add, "POST"),
    Route("disable_account", f"{accounts.ACCOUNTS}/disable", Needs.ADMINISTRATOR, accounts.disable, "POST"),
    Route("reset_account", f"{accounts.ACCOUNTS}/reset", Needs.ADMINISTRATOR, accounts.reset, "POST"),
    Route("audit", "/audit", Needs.ADMINISTRATOR, audit.audit_page, key="l"),
    Route("password", OWN_PASSWORD, Needs.VIEWER, signing_in.password_page, before_own_password=True, key="p"),
    Route("change_password", OWN_PASSWORD, Needs.VIEWER, signing_in.change_password, "POST", before_own_password=True),
    Route("sign_out", "/sign-out", Needs.VIEWER, signing_in.sign_out, "POST", before_own_password=True),
    Route("anything_else", "/<rest:path>", Needs.VIEWER, home.anything_else),
)
