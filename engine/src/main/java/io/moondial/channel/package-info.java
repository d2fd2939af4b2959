/**
 * The network as the engine sees it: dialogs that begin, messages both ways. No SS7 library type is
 * named here.
 */
@NullMarked
package io.moondial.channel;

import org.jspecify.annotations.NullMarked;
