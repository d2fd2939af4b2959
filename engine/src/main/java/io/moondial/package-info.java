/** Moondial: a scriptable USSD service logic engine. */
@NullMarked
package io.moondial;

import org.jspecify.annotations.NullMarked;
