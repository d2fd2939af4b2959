/** The Lua module {@code http}: calls of the HTTP services that the rules name. */
@NullMarked
package io.moondial.modules.http;

import org.jspecify.annotations.NullMarked;
