/** The language of scripted dialog tests: {@code engine/docs/dialog-grammar.md}. */
@NullMarked
package io.starhash.dialogtest.language;

import org.jspecify.annotations.NullMarked;
