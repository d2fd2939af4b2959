/**
 * Octets of SCCP and TCAP that came from the network: whether they are well formed, what happens to
 * those that are not, and where their parts are. It knows neither the stack nor a dialog.
 */
@NullMarked
package io.moondial.channel.ss7.screening;

import org.jspecify.annotations.NullMarked;
