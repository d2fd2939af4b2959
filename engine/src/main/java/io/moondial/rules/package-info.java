/** The rules file: every setting of the engine, and the triggers that select scripts. */
@NullMarked
package io.moondial.rules;

import org.jspecify.annotations.NullMarked;
