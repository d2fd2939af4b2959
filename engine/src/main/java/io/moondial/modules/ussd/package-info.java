/** The Lua module {@code ussd}: the conversation with the handset. */
@NullMarked
package io.moondial.modules.ussd;

import org.jspecify.annotations.NullMarked;
