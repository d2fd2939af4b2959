/** Scripted dialog tests at work: the engine on a clock that the test moves. */
@NullMarked
package io.moondial.dialogtest.run;

import org.jspecify.annotations.NullMarked;
