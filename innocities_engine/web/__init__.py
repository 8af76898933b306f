"""The pages: what people without an account see and do through a link."""
