/** Starhash: a scriptable USSD service logic engine. */
@NullMarked
package io.starhash;

import org.jspecify.annotations.NullMarked;
