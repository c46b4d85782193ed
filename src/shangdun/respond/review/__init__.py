"""The post-incident report (plan, section 四.6): course, measures, loss, improvements."""
