// A page that answered a form counts as one that was simply opened: going back to it must not ask to send the form again.
(function () {
  var here = document.getElementById("back");
  if (window.history && history.replaceState) history.replaceState(null, "", here.getAttribute("data-at"));
})();
