/** What goes over the signalling links, in files and streams that Wireshark reads. */
@NullMarked
package io.starhash.trace;

import org.jspecify.annotations.NullMarked;
