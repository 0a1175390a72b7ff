"""What people run beside a deployment. Each says what is wrong in a sentence, and needs nothing but Python."""
