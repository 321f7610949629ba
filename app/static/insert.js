// The placeholders below a text become buttons that put themselves where the cursor is. Without this they are read.
(function () {
  document.querySelectorAll("[data-into]").forEach(function (list) {
    var text = document.getElementById(list.dataset.into);
    list.querySelectorAll("code").forEach(function (shown) {
      var button = document.createElement("button");
      button.type = "button";
      button.className = shown.className;
      button.textContent = shown.textContent;
      button.addEventListener("click", function () {
        text.setRangeText(button.textContent, text.selectionStart, text.selectionEnd, "end");
        text.focus();
        text.dispatchEvent(new Event("input", { bubbles: true }));
      });
      shown.replaceWith(button);
    });
  });
})();
