// Plain JavaScript of long ago: it also runs on the versions of Node.js that it refuses.
'use strict';

/** Whether a version is in a range of package.json that is made of `^20.19`, `>=24` and `||`. */
exports.isInRange = function (version, range) {
  const given = version.split('.').map(Number);
  return range.split('||').some(function (part) {
    const asked = /^\s*(\^|>=)(\d+)(?:\.(\d+))?/.exec(part);
    const major = Number(asked[2]);
    if (given[0] === major) return given[1] >= Number(asked[3] || 0);
    return asked[1] === '>=' && given[0] > major;
  });
};
