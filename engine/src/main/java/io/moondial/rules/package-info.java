/** The triggers that select scripts, and an index that finds the one of a request. */
@NullMarked
package io.moondial.rules;

import org.jspecify.annotations.NullMarked;
