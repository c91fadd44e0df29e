"""What a browser or program calls itself, in words that its owner knows it by."""

import re

# In this order: each says the names of those below it too.
BROWSERS = {
    "Edg": "Edge",
    "OPR": "Opera",
    "SamsungBrowser": "Samsung Internet",
    "Firefox": "Firefox",
    "FxiOS": "Firefox",
    "CriOS": "Chrome",
    "Chrome": "Chrome",
    "Safari": "Safari",
}
SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "CrOS": "ChromeOS",
    "Windows": "Windows",
    "Mac OS X": "Mac",
    "Linux": "Linux",
}
PRODUCT = re.compile(r"[A-Za-z][A-Za-z0-9 ._-]{0,39}")


def name_of(user_agent: str) -> str:
    """'Firefox on Linux', 'curl' or, of one that says nothing, 'Unknown device'. For show: anyone can call himself
    anything."""
    browser = next((name for token, name in BROWSERS.items() if f"{token}/" in user_agent), "")
    system = next((name for token, name in SYSTEMS.items() if token in user_agent), "")
    if browser and user_agent.startswith("Mozilla/"):
        return f"{browser} on {system}" if system else browser
    product = PRODUCT.match(user_agent.partition("/")[0])
    return product.group().strip() if product and product.group() != "Mozilla" else "Unknown device"
