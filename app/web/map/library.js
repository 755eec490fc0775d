/* maplibre-gl is an ES module: fetched once, on the first map of the page. */
(function () {
  'use strict';
  const tonglan = window.tonglan;
  let library = null;

  /* The module; a failed load may be tried again. */
  tonglan.loadMapLibrary = function () {
    const url = document.documentElement.dataset.maplibre;
    library =
      library ||
      import(url).catch((wrong) => {
        library = null;
        throw wrong;
      });
    return library;
  };
})();
