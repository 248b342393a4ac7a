"""Generator and discriminator pairs for any image shape, with or without classes."""
