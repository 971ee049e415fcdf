// Tells the server in which time zone its reader is; keeps what two people type.
(() => {
  "use strict";
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const known = document.cookie.split("; ").find((one) => one.startsWith("zone="));
  if (zone && known !== `zone=${zone}`) {
    document.cookie = `zone=${zone}; path=/; max-age=31536000; samesite=lax`;
    const kept = document.cookie.includes(`zone=${zone}`);
    if (kept && !known && document.querySelector("main time") && !document.querySelector("main form.sheet")) {
      location.reload();
    }
  }
  document.addEventListener("submit", (event) => {
    const pressed = event.target.querySelector("button[data-once]");
    if (pressed) setTimeout(() => { pressed.disabled = true; }, 0); // the key makes a second one harmless; this shows it
  });
})();
