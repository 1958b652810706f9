"""Every address of the console, and who may ask for it: the one place that says so."""

from __future__ import annotations

from bot.console import accounts, audit, home, pages, proposals, review, signing_in
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
    Route("review", review.REVIEW, Needs.REVIEWER, review.queue_page, key="r"),
    Route("review_item", review.ITEM, Needs.REVIEWER, review.item_page, reads="conversation"),
    Route("propose", f"{review.ITEM}/propose", Needs.REVIEWER, review.propose, "POST"),
    Route("settle", f"{review.ITEM}/settle", Needs.REVIEWER, review.settle, "POST"),
    Route("open_again", f"{review.ITEM}/open-again", Needs.REVIEWER, review.open_again, "POST"),
    Route("proposals", proposals.PROPOSALS, Needs.REVIEWER, proposals.proposals_page),
    Route("proposal", proposals.PROPOSAL, Needs.REVIEWER, proposals.proposal_page),
    Route("approve_proposal", f"{proposals.PROPOSAL}/approve", Needs.REVIEWER, proposals.approve, "POST"),
    Route("refuse_proposal", f"{proposals.PROPOSAL}/refuse", Needs.REVIEWER, proposals.refuse, "POST"),
    Route("withdraw_proposal", f"{proposals.PROPOSAL}/withdraw", Needs.REVIEWER, proposals.withdraw, "POST"),
    Route("undo_proposal", f"{proposals.PROPOSAL}/undo", Needs.REVIEWER, proposals.undo, "POST"),
    Route("review_patch", "/review/patch", Needs.REVIEWER, proposals.patch),
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
