/**
 * One signalling point: MAP, TCAP and SCCP of jSS7, folded into the vocabulary of {@code
 * io.moondial.dialog}.
 */
@NullMarked
package io.moondial.channel.ss7;

import org.jspecify.annotations.NullMarked;
