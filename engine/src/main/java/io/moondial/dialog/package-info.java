/**
 * The USSD dialog as a pure machine: events in, actions out. No I/O, no clock, no thread, no Lua
 * and no SS7 type.
 */
@NullMarked
package io.moondial.dialog;

import org.jspecify.annotations.NullMarked;
