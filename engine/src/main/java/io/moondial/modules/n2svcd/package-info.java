/**
 * The modules {@code n2.n2svcd}: for scripts that were written for another host of USSD scripts.
 */
@NullMarked
package io.moondial.modules.n2svcd;

import org.jspecify.annotations.NullMarked;
