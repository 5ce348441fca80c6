/** Words that readers stumble over, and what to write instead. CONTRIBUTING.md, "Words". */
const WORDS = [
  [/\bwho(m)?ever\b/gi, 'name the person: "a reader who", "if you"'],
  [/\bwhom\b/gi, '"who", or turn the sentence around'],
  [/\bsomebody else\b/gi, '"another person", or who it is'],
  [/\bput(s|ting)? out\b/gi, '"outputs", "prints"'],
  [/\b(is|are|was|were|be|been|being) let in(to)?\b/gi, '"may access", "authenticates"'],
  [/\bshall\b/gi, '"must", "should", or the present tense'],
  [/\bnothing of\b/gi, '"nothing from", "does not know"'],
  [/\bknows? no\b/gi, '"does not know", "has no"'],
  [/, too(?=[.;:,!?)\]"'’`])/gi, '"also", before what it is about'],
  [/\b(behaviour|colour|favour|neighbour)/gi, 'American spelling'],
  [/(?<![\w#.-])D\d{1,2}(?![\w.-])/g, 'what happens, not the number of a list that readers do not have'],
];

/** Looks at all of a file: comments, messages, titles of tests, and Markdown. */
const plain = {
  meta: { type: 'suggestion', schema: [], messages: { word: '"{{word}}": write {{instead}}.' } },
  create({ sourceCode, report }) {
    const check = () => {
      for (const [pattern, instead] of WORDS) {
        for (const { 0: word, index } of sourceCode.text.matchAll(pattern)) {
          const loc = {
            start: sourceCode.getLocFromIndex(index),
            end: sourceCode.getLocFromIndex(index + word.length),
          };
          report({ loc, messageId: 'word', data: { word, instead } });
        }
      }
    };
    return { Program: check, root: check };
  },
};

export default { rules: { plain } };
