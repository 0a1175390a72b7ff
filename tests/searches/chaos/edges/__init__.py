"""Where our parts end: every call and message passes here, and may come to harm."""
