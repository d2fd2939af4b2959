/** Measurements of what is kept of dialogs. */
@org.jspecify.annotations.NullMarked
package io.moondial.history;
