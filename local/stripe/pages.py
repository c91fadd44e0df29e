"""The pages that people see: pay, be declined, be asked by the bank, go away. No card is asked for."""

from html import escape

from local.stripe import amounts
from local.stripe.store import Object

STYLE = """
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; }
body { margin: 0; color: light-dark(#1b1b1f, #eeeef2); background: light-dark(#fff, #17171b); }
body { display: grid; place-items: center; min-height: 100vh; }
main { box-sizing: border-box; width: min(28rem, 100%); padding: 1.5rem; }
h1 { font-size: 1.5rem; line-height: 1.2; margin: 0 0 1rem; }
table { width: 100%; border-collapse: collapse; margin-block: 1rem; }
th, td { padding: .5rem 0; text-align: start; vertical-align: top; font-weight: normal; }
tbody tr > * { border-bottom: 1px solid #8888; }
td:last-child { text-align: end; white-space: nowrap; }
tfoot th, tfoot td { font-weight: bold; }
form { display: grid; gap: .75rem; }
button { font: inherit; padding: .75rem; min-height: 3rem; border: 2px solid; border-radius: .5rem; cursor: pointer; }
button.main { background: #1a5fb4; color: #fff; border-color: #1a5fb4; }
:focus-visible { outline: 3px solid #e66100; outline-offset: 2px; }
.note { padding: .75rem 1rem; border-inline-start: 4px solid #1a5fb4; margin: 0 0 1rem; }
.note { background: light-dark(#eef3fb, #23262e); }
.wrong { border-color: #c01c28; }
"""
PAGE = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<meta name="robots" content="noindex">
<title>{title}</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/style.css">
</head>
<body><main>
<h1>{title}</h1>
{body}
</main></body>
</html>
"""
TEST_NOTE = '<p class="note">This is a test page on your own machine: no money moves, and no card is needed.</p>'


def page(title: str, body: str) -> str:
    """A whole page; `body` is HTML."""
    return PAGE.format(title=escape(title), body=body)


def checkout(session: Object) -> str:
    """The page of a session, by its state."""
    if session["status"] == "complete":
        return _over("This is paid", "It was paid once, and nothing more is due.", session["success_url"])
    if session["status"] == "expired":
        message = "It is too late to pay here. Nothing was charged."
        return _over("This payment page has expired", message, session["cancel_url"])
    buttons = [
        ("pay", "Pay", True),
        ("challenge", "Pay with 3-D Secure", False),
        ("decline", "Have it declined", False),
    ]
    if session["cancel_url"]:
        buttons.append(("abandon", "Go back without paying", False))
    title = f"Pay {amounts.words(session['amount_total'], session['currency'])}"
    return page(title, TEST_NOTE + _declined(session) + _lines(session) + _form(f"/pay/{session['id']}", buttons))


def challenge(session: Object) -> str:
    """What a bank asks."""
    if session["status"] != "open":
        return checkout(session)
    amount = amounts.words(session["amount_total"], session["currency"])
    question = f"<p>Your bank asks: are you paying {escape(amount)}?</p>"
    buttons = [("confirm", "Yes, it is me", True), ("fail", "No", False)]
    return page("3-D Secure", TEST_NOTE + question + _form(f"/pay/{session['id']}/3ds", buttons))


def nothing_here() -> str:
    """For addresses that lead nowhere."""
    return page("There is no such payment page", "<p>The address is wrong, or the page was deleted.</p>")


def _over(title: str, message: str, way_back: str | None) -> str:
    link = f'<p><a href="{escape(way_back)}">Go back to where you came from</a></p>' if way_back else ""
    return page(title, f"<p>{escape(message)}</p>{link}")


def _declined(session: Object) -> str:
    if "_declined" not in session:
        return ""
    return (
        f'<p class="note wrong" role="alert">{escape(session["_declined"])} Nothing was charged; you can try again.</p>'
    )


def _lines(session: Object) -> str:
    currency = session["currency"]
    rows = "".join(
        f'<tr><th scope="row">{line["quantity"]} × {escape(line["description"])}</th>'
        f"<td>{escape(amounts.words(line['amount_total'], currency))}</td></tr>"
        for line in session["_lines"]
    )
    total = escape(amounts.words(session["amount_total"], currency))
    return f'<table><tbody>{rows}</tbody><tfoot><tr><th scope="row">Total</th><td>{total}</td></tr></tfoot></table>' + (
        f"<p>For {escape(session['customer_email'])}</p>" if session["customer_email"] else ""
    )


def _form(action: str, buttons: list[tuple[str, str, bool]]) -> str:
    shown = "".join(
        f'<button name="do" value="{value}"{" class=main" if main else ""}>{escape(words)}</button>'
        for value, words, main in buttons
    )
    return f'<form method="post" action="{escape(action)}">{shown}</form>'
