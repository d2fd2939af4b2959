/** Measurements of the triggers. */
@org.jspecify.annotations.NullMarked
package io.moondial.rules;
