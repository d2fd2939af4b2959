/** Measurements of dialogs without a network. */
@org.jspecify.annotations.NullMarked
package io.moondial.logic;
