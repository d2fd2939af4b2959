/** The Lua module {@code menu}: questions on the screen, and flows that go back and on again. */
@NullMarked
package io.moondial.modules.menu;

import org.jspecify.annotations.NullMarked;
