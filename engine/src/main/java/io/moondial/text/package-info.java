/** USSD text: data coding schemes, the GSM 7-bit alphabet, UCS2, lengths. */
@NullMarked
package io.moondial.text;

import org.jspecify.annotations.NullMarked;
