/**
 * Pushes: USSD dialogs that begin in the network (3GPP TS 29.002 11.10, 11.11; 3GPP TS 23.090 5).
 * How they wait for their turn, how a subscriber is reached, and what became of each.
 */
@NullMarked
package io.moondial.push;

import org.jspecify.annotations.NullMarked;
