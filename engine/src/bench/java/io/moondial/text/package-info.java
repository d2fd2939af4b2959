/** Measurements of the coding of texts. */
@org.jspecify.annotations.NullMarked
package io.moondial.text;
