/** What goes over the signalling links, in files and streams that Wireshark reads. */
@NullMarked
package io.moondial.trace;

import org.jspecify.annotations.NullMarked;
