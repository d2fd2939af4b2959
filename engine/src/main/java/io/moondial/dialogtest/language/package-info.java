/** The language of scripted dialog tests: {@code engine/docs/dialog-grammar.md}. */
@NullMarked
package io.moondial.dialogtest.language;

import org.jspecify.annotations.NullMarked;
