/**
 * One signalling point: MAP, TCAP and SCCP of jSS7, folded into the vocabulary of {@code
 * io.starhash.dialog}.
 */
@NullMarked
package io.starhash.network.ss7;

import org.jspecify.annotations.NullMarked;
