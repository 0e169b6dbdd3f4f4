"""Item -> recipient: what reaches whom, and why; and word when what reached them is not current any more."""
