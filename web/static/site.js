// Small comforts; every page is complete without them.

for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  const label = [...button.childNodes];
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    button.textContent = button.dataset.done;
    setTimeout(() => button.replaceChildren(...label), 1500);
  });
}

// Public pages are the same for everyone; a cookie without a secret tells that somebody is signed in here.
for (const link of document.querySelectorAll("a[data-signed-in]")) {
  if (/(?:^|; )nps-here=1/.test(document.cookie)) link.textContent = link.dataset.signedIn;
}
