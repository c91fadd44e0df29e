// Tells the server this browser's time zone in a cookie, so that "tonight" is the visitor's night.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone && /^[\w+\-/]+$/.test(zone)) document.cookie = `tz=${zone}; path=/; max-age=31536000; samesite=lax`;
