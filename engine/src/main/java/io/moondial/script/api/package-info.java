/**
 * The form of the functions that operators call from Lua: what each is documented to take and give
 * is also what is checked.
 */
@NullMarked
package io.moondial.script.api;

import org.jspecify.annotations.NullMarked;
