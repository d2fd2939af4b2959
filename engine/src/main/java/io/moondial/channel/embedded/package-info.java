/** Two complete signalling points in one process, joined in memory where a link would join them. */
@NullMarked
package io.moondial.channel.embedded;

import org.jspecify.annotations.NullMarked;
