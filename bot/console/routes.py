"""Every address of the console, and who may ask for it: the one place that says so."""

from __future__ import annotations

from bot.console import accounts, audit, conversation, conversations, figures, home, pages, retention, signing_in
from bot.console.guard import HOME, OWN_PASSWORD, SECOND_FACTOR, SIGN_IN
from bot.console.visit import Needs, Route

ROUTES = (
    Route("static", "/static/<file:str>", Needs.NOTHING, pages.static),
    Route("sign_in", SIGN_IN, Needs.NOTHING, signing_in.sign_in_page),
    Route("give_password", SIGN_IN, Needs.NOTHING, signing_in.sign_in, "POST"),
    Route("second_factor", SECOND_FACTOR, Needs.PASSWORD, signing_in.second_factor_page),
    Route("give_code", SECOND_FACTOR, Needs.PASSWORD, signing_in.second_factor, "POST"),
    Route("home", HOME, Needs.VIEWER, home.home, key="h"),
    Route("waiting", "/waiting", Needs.VIEWER, home.waiting, by_itself=True),
    Route("figures", figures.FIGURES, Needs.VIEWER, figures.figures_page, key="g"),
    Route("figures_file", f"{figures.FIGURES}/csv", Needs.REVIEWER, figures.figures_file),
    Route("figures_public", f"{figures.FIGURES}/public", Needs.VIEWER, figures.public_page),
    Route("figures_unanswered", f"{figures.FIGURES}/unanswered", Needs.REVIEWER, figures.unanswered_page),
    Route("conversations", conversations.LIST, Needs.VIEWER, conversations.conversations_page, key="c"),
    Route("look_for", f"{conversations.LIST}/look-for", Needs.VIEWER, conversations.look_for, "POST"),
    Route("save_filter", f"{conversations.LIST}/filters/save", Needs.VIEWER, conversations.save_filter, "POST"),
    Route("remove_filter", f"{conversations.LIST}/filters/remove", Needs.VIEWER, conversations.remove_filter, "POST"),
    Route("conversation", conversation.ONE, Needs.VIEWER, conversation.conversation_page, reads="conversation"),
    Route("unmask", f"{conversation.ONE}/unmask", Needs.REVIEWER, conversation.unmask, "POST"),
    Route("retention", retention.RETENTION, Needs.VIEWER, retention.retention_page),
    Route("export", f"{retention.RETENTION}/export", Needs.ADMINISTRATOR, retention.export, "POST"),
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
