/**
 * A real signalling network: M3UA (RFC 4666) of jSS7 over associations of our own, under the
 * signalling point that the network in memory has too.
 */
@NullMarked
package io.moondial.channel.sigtran;

import org.jspecify.annotations.NullMarked;
